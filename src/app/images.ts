import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { UsageError } from "#base/usage-error.ts";
import type { ImageBlock } from "#model/message.ts";
import { kindOf } from "#tools/files/file-kind.ts";

/** The largest image that is sent, in bytes: what most providers take. */
const IMAGE_LIMIT = 5 * 1024 * 1024;

/** The user's images, in order. Throws `UsageError` for a file that is missing, too large, or no image that models take. */
export const readImages = (files: readonly string[], cwd: string): readonly ImageBlock[] =>
  files.map((file) => readImage(resolve(cwd, file)));

function readImage(path: string): ImageBlock {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new UsageError(`the image ${path} does not exist`, "Check the path given with --image.");
  if (!stat.isFile()) throw new UsageError(`the image ${path} is no file`, "Name a file with --image.");
  if (stat.size > IMAGE_LIMIT) throw new UsageError(`the image ${path} is larger than 5 MiB`, "Make it smaller first.");
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new UsageError(
      `the image ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      "Check its rights.",
    );
  }
  const mediaType = kindOf(bytes.subarray(0, 1024))?.mediaType;
  if (mediaType === undefined) throw new UsageError(`${path} is no image that models take`, "PNG, JPEG, GIF and WebP are taken.");
  return { type: "image", mediaType, data: bytes.toString("base64") };
}
