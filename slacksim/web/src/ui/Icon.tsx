// Line icons on a 20×20 grid, drawn here so that the page needs no icon font.
const paths = {
  hash: "M7.5 3 6 17M14 3l-1.5 14M3.5 7.5h14M2.5 12.5h14",
  lock: "M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9",
  home: "M3 9.5 10 3.5l7 6M5 8.5V16.5h10V8.5",
  close: "M5 5l10 10M15 5 5 15",
  back: "M12.5 4 6.5 10l6 6",
  menu: "M3 5.5h14M3 10h14M3 14.5h14",
  more: "M4.5 10h.01M10 10h.01M15.5 10h.01",
  smile: "M10 17.2a7.2 7.2 0 1 0 0-14.4 7.2 7.2 0 0 0 0 14.4zM7 11.6c1.4 2.2 4.6 2.2 6 0M7.6 8h.01M12.4 8h.01",
  thread: "M3.5 4h13v9.5H9.5L6 16.5v-3H3.5zM7 7.5h6M7 10h4",
  send: "M3.5 4.2 17 10 3.5 15.8 5.3 10zM5.3 10H11",
  caret: "M5.5 8 10 12.5 14.5 8",
  check: "M4 10.5 8 14.5 16 6",
  warning: "M10 3.5 17.5 16.5h-15zM10 8.5v3.6M10 14.3h.01",
  pin: "M7 3h6l-.8 5 2.3 2.5H5.5L7.8 8zM10 10.5V17",
  download: "M10 3.5v9M6.2 9 10 12.8 13.8 9M4 16.5h12",
  file: "M5.5 2.8h6L15 6.3v10.9H5.5zM11.3 2.8v3.7H15",
  image: "M3 4h14v12H3zM3 13l4-4 4 4 2.5-2.5L17 14M13 7.5h.01",
  people: "M7.3 9.5a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM2.2 16.2c.4-3 2.5-4.4 5.1-4.4s4.7 1.4 5.1 4.4M13 4.2a2.6 2.6 0 0 1 0 5M14.6 12c1.8.6 2.9 2 3.2 4.2",
  bolt: "M11 2.8 4.5 11.5H9l-1 5.7 6.5-8.7H10z",
  eye: "M2.2 10S5 4.8 10 4.8 17.8 10 17.8 10 15 15.2 10 15.2 2.2 10 2.2 10zM10 12.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4z",
  plug: "M7 3v4M13 3v4M5 7h10v3a5 5 0 0 1-10 0zM10 15v2.5",
  lab: "M8 3h4M8.7 3v4.7L4.3 15c-.6 1.2 0 2.2 1.3 2.2h8.8c1.3 0 1.9-1 1.3-2.2l-4.4-7.3V3M6.3 12.2h7.4",
  search: "M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM13 13l4 4",
  down: "M10 4v11M5.5 10.8 10 15.3l4.5-4.5",
  copy: "M7 7h9v9.5H7zM4 13V3.5h9",
  slash: "M12.5 3.5 7.5 16.5",
  at: "M10 13a3 3 0 1 0 0-6 3 3 0 0 0 0 6zm3-3v1.2c0 2.5 3.7 2.2 3.7-1.2a6.7 6.7 0 1 0-2.9 5.5",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
