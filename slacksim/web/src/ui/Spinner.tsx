export function Spinner({ label = "Waiting" }: { label?: string }) {
  return <span class="spinner" role="status" aria-label={label} />;
}
