import type { Container, Faults, Message, SubmitAnswer, Values, WorkspaceState } from "./types";
import type { Option, OptionGroup } from "./blocks";

/** What the server said in `{"error": …}`, or that it could not be reached. */
export class ApiError extends Error {}

async function call<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await fetch(path, init).catch(() => {
    throw new ApiError("The simulator does not answer.");
  });
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new ApiError(body.error ?? `The simulator answered ${response.status}.`);
  return body as T;
}

function post<T>(path: string, body: object): Promise<T> {
  return call<T>(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

function query(fields: Record<string, string | undefined>): string {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined) as [string, string][];
  return new URLSearchParams(present).toString();
}

export interface ActionTarget {
  user: string;
  container: Container;
  block_id: string;
  action_id: string;
}

export interface MessagePage {
  messages: Message[];
  has_more: boolean;
}

/** One method per call of API.md. */
export const api = {
  state: (user?: string) => call<WorkspaceState>(`/ui/state?${query({ user })}`),
  messages: (q: { user: string; channel: string; thread_ts?: string; before?: string; limit?: string }) =>
    call<MessagePage>(`/ui/messages?${query(q)}`),
  post: (body: { user: string; channel: string; thread_ts?: string; text: string }) =>
    post<{ ts: string }>("/ui/post", body),
  command: (body: { user: string; channel: string; text: string }) => post<object>("/ui/command", body),
  action: (body: ActionTarget & Record<string, unknown>) => post<{ ok: boolean; error?: string }>("/ui/action", body),
  submit: (body: { user: string; view_id: string; values: Values }) => post<SubmitAnswer>("/ui/view/submit", body),
  close: (body: { user: string; view_id: string; clear: boolean }) => post<object>("/ui/view/close", body),
  options: (body: ActionTarget & { value: string }) =>
    post<{ options?: Option[]; option_groups?: OptionGroup[] }>("/ui/options", body),
  shortcut: (body: { user: string; callback_id: string; channel?: string; ts?: string }) =>
    post<object>("/ui/shortcut", body),
  home: (user: string) => post<object>("/ui/home", { user }),
  open: (user: string, other: string) => post<{ channel: string }>("/ui/open", { user, with: other }),
  react: (body: { user: string; channel: string; ts: string; name: string; remove: boolean }) =>
    post<object>("/ui/react", body),
  read: (body: { user: string; channel: string; ts: string }) => post<object>("/ui/read", body),
  faults: (body: Partial<Faults>) => post<Faults>("/ui/faults", body),
  panel: (id: string) => post<{ ok: boolean; message?: string; error?: string }>("/ui/panel", { id }),
};
