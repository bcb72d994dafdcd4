type Kind = { new (length: number): Float64Array | Int32Array | Uint8Array };

/** A column of numbers that grows, in as few bytes as its kind takes. */
export const column = (kind: Kind) => {
	let room = new kind(1 << 10);
	let length = 0;
	return {
		push(value: number) {
			if (length === room.length) {
				const larger = new kind(room.length * 2);
				larger.set(room);
				room = larger;
			}
			room[length++] = value;
		},
		all: () => room.subarray(0, length)
	};
};
