// Builds dist/index.html.gz: the page in one file, with style and script inside and allowed by their hashes only.
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

const hashOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/// The page may only talk to its device. The header that it is sent with allows any inline script; both have to.
function policyFor(script: string, style: string): string {
  const rules = ["default-src 'none'", `script-src ${hashOf(script)}`, `style-src ${hashOf(style)}`, "img-src data:",
    "connect-src 'self'", "form-action 'none'", "base-uri 'none'"];
  return `<meta http-equiv="Content-Security-Policy" content="${rules.join("; ")}">`;
}

function inOneFile(): Plugin {
  return {
    name: "in-one-file",
    enforce: "post",
    generateBundle(_options, bundle) {
      const parts = Object.values(bundle);
      const page = parts.find(({ fileName }) => fileName.endsWith(".html"));
      const style = parts.find(({ fileName }) => fileName.endsWith(".css"));
      const [script, ...more] = parts.filter((part) => part.type === "chunk");
      if (page?.type !== "asset" || style?.type !== "asset" || !script || more.length) throw new Error("not three parts");
      const code = script.code.trim().replaceAll("</script", "<\\/script");
      const css = String(style.source).trim();
      const html = String(page.source)
        .replace(/<link rel="stylesheet"[^>]*>/, () => `<style>${css}</style>`)
        .replace(/<script type="module"[^>]*><\/script>/, "")
        .replace("</body>", () => `<script type="module">${code}</script></body>`)
        .replace(/<meta charset="[^"]*">/, (charset) => charset + policyFor(code, css))
        .replace(/\n\s*/g, "\n");
      for (const { fileName } of parts) delete bundle[fileName];
      const packed = gzipSync(html, { level: 9 });  // its time stamp is 0
      packed[9] = 255;  // made on: unknown (RFC 1952)
      this.emitFile({ type: "asset", fileName: "index.html.gz", source: packed });
    },
  };
}

export default defineConfig({
  plugins: [inOneFile()],
  build: { target: "es2022", modulePreload: false, assetsInlineLimit: 0, emptyOutDir: true, reportCompressedSize: false },
  logLevel: "warn",
});
