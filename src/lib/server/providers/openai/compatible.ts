import { compatibleServer, presetServer } from './client.ts';
import { speakOpenai } from './wire.ts';

/** Any server that speaks OpenAI's protocol, by its address; reached through the guarded fetch only. Without a dialect it is only asked. */
export const openaiCompatible = speakOpenai('openai-compatible', compatibleServer(null));
/** The same, where somebody has said that it trains as OpenAI does. */
export const ownServer = speakOpenai('own-server', compatibleServer('own-server'));

export const nebius = speakOpenai('nebius', presetServer('nebius'));
export const crusoe = speakOpenai('crusoe', presetServer('crusoe'));
