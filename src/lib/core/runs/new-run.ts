import * as v from 'valibot';
import { Id } from '../id.ts';
import { Recipe } from './recipe.ts';

/** A run to start, from a form or from JSON. The browser chooses `clientId` once per page: a second click is the same run. */
export const NewRun = v.object({ clientId: Id('The id of this form'), ...Recipe.entries });
export type NewRun = v.InferOutput<typeof NewRun>;

/** The recipe of a run to start, without what is not part of the training. */
export const recipeOf = ({ clientId: _, ...recipe }: NewRun): Recipe => recipe;
