import { defineConfig } from 'drizzle-kit';

/** Read by `npm run db:generate`: compares schema.ts with the last migration and writes the next one. */
export default defineConfig({
	dialect: 'postgresql',
	schema: './src/lib/server/platform/db/schema.ts',
	out: './drizzle',
	casing: 'snake_case',
	entities: { roles: true }
});
