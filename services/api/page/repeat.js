// A task that is done again and again, one at a time.

/**
 * Makes `within(ms)`: the task is done in at most so many milliseconds.  The task resolves to the
 * milliseconds until it is due again by itself; what is asked for while it runs comes after it.
 */
export function repeating(task) {
  let timer = 0;
  let due = Infinity;
  let running = false;

  function within(pause) {
    due = Math.min(due, performance.now() + pause);
    if (running) return;
    clearTimeout(timer);
    timer = setTimeout(run, Math.max(0, due - performance.now()));
  }

  async function run() {
    running = true;
    due = Infinity;
    const pause = await task();
    running = false;
    within(pause);
  }

  return within;
}
