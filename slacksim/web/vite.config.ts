import { defineConfig } from "vitest/config";
import { emojiTable } from "./emoji-plugin.ts";

// File names carry no hash and there is no source map: CI compares a fresh build with the committed dist byte for byte.
export default defineConfig({
  plugins: [emojiTable()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    sourcemap: false,
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    modulePreload: false,
    rollupOptions: {
      output: {
        entryFileNames: "assets/app.js",
        chunkFileNames: "assets/[name].js",
        assetFileNames: (asset) =>
          asset.names.some((n) => n.endsWith(".css")) ? "assets/app.css" : "assets/[name][extname]",
      },
    },
  },
  server: {
    proxy: Object.fromEntries(
      ["/ui", "/files"].map((path) => [path, process.env.SLACKSIM_URL ?? "http://127.0.0.1:8901"]),
    ),
  },
  test: { include: ["src/**/*.test.{ts,tsx}"] },
});
