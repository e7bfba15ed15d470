import { emojiChar } from "./emoji";

export function Emoji({ name }: { name: string }) {
  const char = emojiChar(name);
  if (!char) return <>{`:${name}:`}</>;
  return (
    <span class="emoji" role="img" aria-label={name.replaceAll("_", " ")} title={`:${name}:`}>
      {char}
    </span>
  );
}
