import type { TaskEvent } from "#app/run-task.ts";
import type { Summary } from "#app/summary.ts";

/** Shows a running task in one form. */
export interface TaskView {
  event(event: TaskEvent): void;
  end(summary: Summary): void;
}
