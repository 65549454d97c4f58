// Takes every page of accounts, light and dark, narrow and wide, and looks for what a picture does not show: pages that
// scroll sideways, targets that are too small, errors in the console, what the content policy refused, and requests
// to other hosts. It starts the application itself, on a port that is free and with a new database.
//
//   npm install --prefix target/screenshots playwright-core
//   node scripts/screenshots.mjs BINARY [DIRECTORY]
//
// BINARY is a built application such as the storefront's; DIRECTORY is docs/screenshots/auth.

import { randomBytes } from "node:crypto";
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = process.env.SCREENSHOTS_MODULES ?? join(root, "target/screenshots");
const { chromium } = createRequire(join(modules, "package.json"))("playwright-core");

const [binary, directory = join(root, "docs/screenshots/auth")] = process.argv.slice(2);
if (!binary) {
  console.error("usage: node scripts/screenshots.mjs BINARY [DIRECTORY]");
  process.exit(2);
}

const SMALLEST_TARGET = 24;
const WIDTHS = [360, 1280];
const SCHEMES = ["light", "dark"];
const ANOTHER = "seven clocks melt over lakes";

const scratch = mkdtempSync(join(tmpdir(), "gatewright-screenshots-"));
const port = await freePort();
const base = `http://localhost:${port}`;
const environment = {
  ...process.env,
  APP_ENV: "development",
  BASE_URL: base,
  BIND: `127.0.0.1:${port}`,
  DATABASE_URL: `sqlite://${join(scratch, "app.db")}`,
  MAIL_URL: `file:${join(scratch, "mail")}`,
  SECRET_KEY: randomBytes(36).toString("base64"),
};
const run = (...args) =>
  execFileSync(resolve(binary), args, { cwd: scratch, env: environment, encoding: "utf8" });

const wrong = [];
let server;
try {
  run("migrate");
  const demo = JSON.parse(run("seed-demo", "--format", "json"));
  server = spawn(resolve(binary), ["serve"], { cwd: scratch, env: environment, stdio: "ignore" });
  await answering();
  mkdirSync(directory, { recursive: true });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  const links = await prepare(demo);
  for (const scheme of SCHEMES) {
    for (const width of WIDTHS) {
      await take(browser, demo, links, scheme, width);
    }
  }
  await browser.close();
} finally {
  server?.kill();
  rmSync(scratch, { recursive: true, force: true });
}
for (const sentence of wrong) {
  console.error(sentence);
}
console.log(`${readdirSync(directory).length} pictures in ${directory}, ${wrong.length} mistakes`);
process.exit(wrong.length ? 1 : 0);

function freePort() {
  return new Promise((done) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

async function answering() {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const answer = await fetch(`${base}/readyz`).catch(() => undefined);
    if (answer?.ok) {
      return;
    }
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error("the application does not answer");
}

async function post(path, body, headers = {}) {
  const answer = await fetch(base + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  if (!answer.ok) {
    throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  }
  return answer.status === 204 ? undefined : answer.json();
}

// The link in the latest mail to an address.
async function mailed(address) {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const folder = join(scratch, "mail");
    const names = await Promise.resolve().then(() => readdirSync(folder)).catch(() => []);
    const mails = names
      .filter((name) => name.endsWith(".eml"))
      .sort()
      .map((name) => readFileSync(join(folder, name), "utf8").replace(/=\r?\n/g, "").replace(/=3D/g, "="));
    const mail = mails.reverse().find((text) => text.includes(address) && text.includes("token="));
    const link = mail?.match(/https?:\/\/\S+token=[\w-]+/)?.[0];
    if (link) {
      return link;
    }
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`no mail came to ${address}`);
}

// What pages need that are opened by links in mails.
async function prepare(demo) {
  const owner = demo.users?.[0]?.email ?? demo.people?.[0]?.email ?? demo.members?.[0]?.email;
  const { password } = demo;
  const signedIn = await post("/auth/login", { email: owner, password, transport: "bearer" });
  const bearer = { authorization: `Bearer ${signedIn.access_token}` };
  const tenant = signedIn.tenants[0].slug;
  const newcomer = "grace@example.com";
  await post(
    "/api/invitations",
    { email: newcomer, roles: ["viewer"] },
    { ...bearer, "x-tenant": tenant },
  );
  const applicant = "katherine@example.com";
  await post("/auth/signup", { email: applicant, password: ANOTHER });
  await post("/auth/password/forgot", { email: owner });
  return {
    owner,
    password,
    tenant,
    invitation: await mailed(newcomer),
    verification: await mailed(applicant),
    reset: await mailed(owner),
  };
}

async function take(browser, demo, links, scheme, width) {
  const context = await browser.newContext({
    colorScheme: scheme,
    viewport: { width, height: 800 },
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  let at = "";
  const note = (sentence) => wrong.push(`${at} ${scheme} ${width}: ${sentence}`);
  page.on("console", (message) => {
    // The browser tells of a page's own status, too, and asks for an icon unasked, which is the team's to give.
    const { pathname } = new URL(message.location().url || base);
    const ofStatus = message.text().startsWith("Failed to load resource: the server responded with a status of 4");
    const expected = ofStatus && (pathname === "/favicon.ico" || !/\.\w+$/.test(pathname));
    if (message.type() === "error" && !expected) {
      note(`console: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => note(`script: ${error.message}`));
  page.on("request", (request) => {
    const { origin, hostname } = new URL(request.url());
    const own = hostname === "localhost" || hostname.endsWith(".localhost");
    if (!own || (page.url().startsWith("http") && !request.isNavigationRequest() && origin !== new URL(page.url()).origin)) {
      note(`request to ${request.url()}`);
    }
  });
  const shot = async (name) => {
    at = name;
    for (const sentence of await page.evaluate(look, SMALLEST_TARGET)) {
      note(sentence);
    }
    await page.screenshot({ path: join(directory, `${name}-${scheme}-${width}.png`), fullPage: true });
  };
  const open = async (name, path) => {
    at = name;
    await page.goto(path.startsWith("http") ? path : base + path);
    await shot(name);
  };
  const submit = async (name, selector = "main form button") => {
    at = name;
    await Promise.all([page.waitForLoadState("load"), page.locator(selector).first().click()]);
    await page.waitForLoadState("load");
    await shot(name);
  };

  await open("login", "/auth/login");
  await page.fill("#email", "nobody@example.com");
  await page.fill("#password", "not this one");
  await submit("login-refused");
  await open("login-notice", "/auth/login?notice=verification_sent");
  await open("signup", "/auth/signup");
  await page.fill("#email", "ada@example.com");
  await page.fill("#password", "password");
  await page.fill("[id='tenant.name']", "Acme & Daughters");
  await page.fill("[id='tenant.slug']", "WWW");
  await submit("signup-refused");
  await open("forgot", "/auth/password/forgot");
  await open("resend", "/auth/verify-email/resend");
  await open("reset", links.reset);
  await page.fill("#password", "password");
  await submit("reset-refused");
  await open("reset-bad-link", "/auth/password/reset?token=x");
  await open("verify-email", links.verification);
  await open("invitation", links.invitation);
  await open("confirm-email", "/auth/email/confirm?token=x");

  await page.goto(`${base}/auth/login`);
  await page.fill("#email", links.owner);
  await page.fill("#password", links.password);
  await submit("account");
  await page.fill("#current_password", links.password);
  await page.fill("#new_password", "short");
  await submit("account-refused", "form[action='/auth/password/change'] button");
  await open("sessions", "/account/sessions");
  await context.close();
}

// What is wrong with the page that is shown; runs in it.
function look(smallest) {
  const found = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) {
    found.push(`scrolls sideways: ${scrollWidth} in ${clientWidth}`);
  }
  for (const target of document.querySelectorAll("a, button, input:not([type=hidden]), select")) {
    const { width, height } = target.getBoundingClientRect();
    if (width < smallest || height < smallest) {
      found.push(`target of ${Math.round(width)}x${Math.round(height)}: ${target.outerHTML.slice(0, 80)}`);
    }
  }
  for (const input of document.querySelectorAll("input:not([type=hidden])")) {
    if (!input.labels?.length) {
      found.push(`no label: ${input.outerHTML.slice(0, 80)}`);
    }
  }
  if (document.querySelectorAll("h1").length !== 1) {
    found.push("not one heading");
  }
  return found;
}
