import { useStore } from "../state/context";

/** The usage of the command being typed. */
export function CommandHint({ text }: { text: string }) {
  const name = /^(\/\S+)\s/.exec(text)?.[1];
  const command = useStore().state.commands?.find((c) => c.command === name);
  if (!command) return null;
  return (
    <div class="command-hint" role="note">
      <code>
        {command.command} {command.usage_hint}
      </code>
      <span>{command.description}</span>
    </div>
  );
}
