// Builds the page into dist/, which Go embeds: one script, one style sheet, no
// source maps, nothing fetched from elsewhere at run time.
import { build } from "esbuild";
import { cpSync, mkdirSync, readFileSync, rmSync } from "node:fs";

// The library gives every piece the same element id. Here it becomes an
// attribute, so that ids stay unique in the document.
const uniqueIDs = {
  name: "unique-ids",
  setup(b) {
    b.onLoad({ filter: /slack-blocks-to-jsx[\\/]dist[\\/]index\.mjs$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replaceAll('id:"slack_blocks_to_jsx"', '"data-blocks":""'),
      loader: "js",
    }));
  },
};

rmSync("dist", { recursive: true, force: true });
mkdirSync("dist");
await build({
  entryPoints: { app: "src/main.jsx", style: "src/style.css" },
  outdir: "dist",
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  legalComments: "none",
  define: { "process.env.NODE_ENV": '"production"' },
  plugins: [uniqueIDs],
});
cpSync("src/index.html", "dist/index.html");
