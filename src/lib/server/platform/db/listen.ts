import { config } from '../config.ts';
import { log } from '../log.ts';
import postgres from 'postgres';
import { type Connection, openConnection } from './connection.ts';

const firstPauseMs = 100;
const longestPauseMs = 2_000;

/**
 * Hears what is notified on the channel, on a connection of its own. A lost one is opened again for as long as nobody calls the
 * function that is returned. `back` is called whenever it begins to hear: what was said before that is missed.
 */
export const listen = (channel: string, hear: (payload: string) => void, back: () => void): (() => void) => {
	let over = false;
	let connection: Connection | undefined;
	let timer: NodeJS.Timeout | undefined;
	let pauseMs = firstPauseMs;
	const { options } = postgres(config().listenDatabaseUrl ?? config().appDatabaseUrl, {
		connect_timeout: 5,
		fetch_types: false,
		onnotice: () => {},
		connection: { application_name: 'aitelier-listen' }
	});

	const again = () => {
		connection = undefined;
		if (over) return;
		timer = setTimeout(begin, pauseMs).unref();
		pauseMs = Math.min(longestPauseMs, pauseMs * 2);
	};
	const begin = async () => {
		try {
			const opened = await openConnection(
				{ ...options, onnotify: (_channel: string, payload: string) => hear(payload) },
				again
			);
			if (over) return opened.close();
			connection = opened;
			await opened.sql.unsafe(`listen "${channel}"`);
			pauseMs = firstPauseMs;
			back();
		} catch (problem) {
			log.warn('listen', { problem: (problem as Error).message });
			// one that was open and lost comes back by itself; one that never opened, or was refused, has to be tried again
			if (!connection) return again();
			if (!connection.isLost()) {
				connection.close();
				again();
			}
		}
	};
	void begin();
	return () => {
		over = true;
		clearTimeout(timer);
		connection?.close();
	};
};
