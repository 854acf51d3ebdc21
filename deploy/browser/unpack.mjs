// Unpacks Chromium, its libraries and fonts into $TMPDIR and prints the path of the program.
import { tmpdir } from "node:os";

// The package brings shared libraries along for machines that are recognised by this variable.
process.env.AWS_EXECUTION_ENV = "AWS_Lambda_nodejs20.x";
const { default: chromium } = await import("@sparticuz/chromium");
console.log(await chromium.executablePath(), tmpdir());
