import { openaiServer } from './client.ts';
import { speakOpenai } from './wire.ts';

const note =
	'Training at OpenAI ends in January 2027 and is already closed to many accounts. Its models stay useful for comparing and judging.';

export const openai = speakOpenai('openai', 'OpenAI', openaiServer, note);
