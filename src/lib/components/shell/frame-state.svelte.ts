/** What the parts of the frame share, and change together. */
export class FrameState {
	/** The sidebar is a rail of icons; the cookie `sidebar=rail` says so on the server too. */
	collapsed = $state(false);
	/** The sheet is open that has the sidebar where there is no room for it. */
	menu = $state(false);

	constructor(isRail: boolean) {
		this.collapsed = isRail;
	}

	collapse() {
		this.collapsed = !this.collapsed;
		document.cookie = `sidebar=${this.collapsed ? 'rail' : 'full'}; path=/; max-age=31536000; samesite=lax`;
	}
}
