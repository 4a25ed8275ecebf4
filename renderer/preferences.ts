/** What a person chose about the look of this window; kept by the browser, unknown to the core. */

const motionKey = 'portcullis-motion';

export type Motion = 'full' | 'reduced';

export function readMotion(): Motion {
  return localStorage.getItem(motionKey) === 'reduced' ? 'reduced' : 'full';
}

export function keepMotion(motion: Motion): void {
  localStorage.setItem(motionKey, motion);
  showMotion(motion);
}

export function showMotion(motion: Motion): void {
  document.documentElement.toggleAttribute('data-reduce-motion', motion === 'reduced');
}
