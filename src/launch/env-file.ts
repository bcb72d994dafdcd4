import fs from 'node:fs';

// Kit reads `.env` for its own modules only; the server side reads process.env. What is set already stays as it is.
if (fs.existsSync('.env')) process.loadEnvFile('.env');
