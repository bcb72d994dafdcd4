import { openaiServer } from './client.ts';
import { speakOpenai } from './wire.ts';

export const openai = speakOpenai('openai', openaiServer);
