import type { PageServerLoad } from './$types';
import { cliMarkdown } from '../../../../cli/reference.ts';
import { blocksOf } from '../../markdown.ts';

export const load: PageServerLoad = () => ({ blocks: blocksOf(cliMarkdown()) });
