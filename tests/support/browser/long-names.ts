import type postgres from 'postgres';
import { rewriteHistory } from '../database/raw.ts';
import type { World } from '../data/world.ts';

/** Without a blank to break at, from the right to the left, and with signs that are several characters. */
const long = 'Kundendienstantwortverbesserungsprojekt·مشروعتحسينالردود·👩🏽‍🚀🧑‍🧑‍🧒';

/** Gives everything in a world that has a name one of the longest and strangest that are allowed. */
export const giveLongNames = async (owner: postgres.Sql, { teamId }: World) => {
	for (const table of ['projects', 'connections', 'webhook_endpoints', 'api_keys', 'evaluations'])
		await rewriteHistory(table, (sql) => sql`update ${sql(table)} set name = ${long} where team_id = ${teamId}`);
	await owner`update teams set name = ${long} where id = ${teamId}`;
	await owner`update people set name = ${long} where id in (select person_id from members where team_id = ${teamId})`;
};
