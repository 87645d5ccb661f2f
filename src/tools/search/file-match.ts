/**
 * The test for relative paths (with `/`) that a glob pattern describes, as people mean it: without `/` it fits names at any depth, with
 * `/` at the end everything below, and hidden files count.
 */
export async function fileMatch(pattern: string): Promise<(path: string) => boolean> {
  const { default: picomatch } = await import("picomatch");
  const below = pattern.endsWith("/") ? `${pattern}**` : pattern;
  const anyDepth = !below.replace(/^!/, "").includes("/");
  return picomatch(below.replace(/^(!?)\.\//, "$1"), { dot: true, basename: anyDepth });
}
