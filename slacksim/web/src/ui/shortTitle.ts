/** The role in a title like "数据库管理员 · Database administrator" or "Developer, may look but not change". */
export function shortTitle(title: string): string {
  return (title.split(" · ").at(-1) ?? title).split(", ")[0] ?? title;
}
