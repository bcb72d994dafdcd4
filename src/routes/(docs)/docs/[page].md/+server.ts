import type { RequestHandler } from '@sveltejs/kit';
import { markdownAnswer } from '../../markdown-pages.ts';

export const GET: RequestHandler = ({ params }) => markdownAnswer(params.page!);
