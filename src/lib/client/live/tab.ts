/** This window, to the server: what it does itself it hears apart from what others do. */
export const tab: string = globalThis.crypto?.randomUUID?.() ?? '';

/** For a write's headers. */
export const fromThisTab: Record<string, string> = tab ? { 'x-tab': tab } : {};

/** For the address of a form, which takes no headers. Added as text: written anew, the name of an action would be in code. */
export const markTab = (address: URL): void => {
	if (tab) address.search += `${address.search ? '&' : '?'}x-tab=${tab}`;
};
