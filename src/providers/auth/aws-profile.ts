/**
 * The region that a profile has in the text of an AWS config file. Sections are `[default]` and `[profile name]`; indented lines belong to
 * the setting before them.
 */
export function regionOfProfile(config: string, profile: string): string | undefined {
  let inside = false;
  for (const line of config.split(/\r?\n/)) {
    const section = /^\s*\[\s*(?:profile\s+)?["']?([^\]"']+?)["']?\s*\]/.exec(line)?.[1];
    if (section !== undefined) inside = section === profile;
    const region = inside ? /^region\s*=\s*([^\s#;]+)/.exec(line)?.[1] : undefined;
    if (region !== undefined) return region;
  }
  return undefined;
}
