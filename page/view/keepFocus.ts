/** Keeps the keyboard's place where the focused element goes away. */

/** Does something to the document; where the focus is lost by it, the heading of its section gets it. */
export function keepFocus(change: () => void): void {
  const focused = document.activeElement;
  const section = focused?.closest('section');
  change();
  if (!focused || focused === document.body || focused.isConnected) return;
  const place = section?.isConnected ? section.querySelector('h2') : document.querySelector<HTMLElement>('main');
  place?.setAttribute('tabindex', '-1');
  place?.focus();
}
