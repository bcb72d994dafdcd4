import { compatibleServer } from './client.ts';
import { speakOpenai } from './wire.ts';

/** Any server that speaks OpenAI's protocol, by its address; reached through the guarded fetch only. */
export const openaiCompatible = speakOpenai('openai-compatible', compatibleServer);
