declare module "virtual:emoji-table" {
  /** Slack shortcode without colons → Unicode. */
  const table: Record<string, string>;
  export default table;
}
