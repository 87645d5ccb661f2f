import { runTask, type Task } from "#app/run-task.ts";
import type { Summary } from "#app/summary.ts";
import type { TaskView } from "#cli/views/view.ts";

/** Runs a task before a view. */
export async function showTask(task: Task, view: TaskView, signal: AbortSignal): Promise<Summary> {
  const run = runTask(task, signal);
  for (;;) {
    const step = await run.next();
    if (step.done === true) {
      view.end(step.value);
      return step.value;
    }
    view.event(step.value);
  }
}
