const smallest = 1 << 10;
/** A buffer up to this size is used again for the next. */
const keptRoom = 1 << 16;

/**
 * Bytes that arrive in parts, put together up to `most`; of more only the length is known. One buffer that grows: whoever
 * sends a line byte by byte must not make us keep an object for each.
 */
export const gathered = (most: number) => {
	let room = new Uint8Array(0);
	let length = 0;
	return {
		/** Of everything that was added, kept or not. */
		length: () => length,
		isTooLong: () => length > most,
		add(bytes: Uint8Array) {
			const needed = length + bytes.length;
			if (needed > most) room = new Uint8Array(0);
			else if (bytes.length > 0) {
				if (needed > room.length) {
					const larger = new Uint8Array(Math.min(most, Math.max(smallest, 2 * needed)));
					larger.set(room.subarray(0, length));
					room = larger;
				}
				room.set(bytes, length);
			}
			length = needed;
		},
		/** What was put together, until the next `add`; then it begins anew. */
		take(): Uint8Array {
			const whole = room.subarray(0, Math.min(length, room.length));
			if (room.length > keptRoom) room = new Uint8Array(0);
			length = 0;
			return whole;
		}
	};
};
