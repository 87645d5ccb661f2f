import { writeFileSync } from "node:fs";
import { printWireDocs } from "#test/print-wire-docs.ts";

/** Renews docs/wires.md. */
writeFileSync(new URL("../docs/wires.md", import.meta.url), printWireDocs());
