// The compose file and the Dockerfile: read by parsers, and checked for what the product relies on.
import { readFileSync } from "node:fs";
import { validate } from "dockerfile-utils";
import { parseDocument } from "yaml";

const complaints = [];
const root = new URL("../../", import.meta.url);
const text = (name) => readFileSync(new URL(name, root), "utf8");

for (const problem of validate(text("deploy/Dockerfile"))) {
  complaints.push(`deploy/Dockerfile:${problem.range.start.line + 1}: ${problem.message}`);
}

const compose = parseDocument(text("docker-compose.yml"), { strict: true, uniqueKeys: true });
for (const problem of [...compose.errors, ...compose.warnings]) {
  complaints.push(`docker-compose.yml: ${problem.message}`);
}
const { services = {}, volumes = {} } = compose.toJS() ?? {};
const expect = (holds, what) => holds || complaints.push(`docker-compose.yml: ${what}`);
for (const [name, service] of Object.entries(services)) {
  expect(service.image || service.build, `${name} has neither an image nor a build`);
  for (const other of Object.keys(service.depends_on ?? {})) {
    expect(services[other]?.healthcheck, `${name} waits for ${other}, which has no health check`);
  }
  for (const volume of service.volumes ?? []) {
    expect(volume.split(":")[0] in volumes, `${name} uses the volume ${volume}, which is not declared`);
  }
  for (const port of service.ports ?? []) {
    expect(port.startsWith("127.0.0.1:"), `${name} opens the port ${port} to the network`);
  }
}
const locale = services.database?.environment?.POSTGRES_INITDB_ARGS ?? "";
expect(locale.includes("--locale=C"), "the database does not sort by bytes");
expect(services.cabinet?.environment?.PGPASSWORD, "the password is not given beside the address");

const major = /^postgres:(\d+)/.exec(services.database?.image ?? "")?.[1];
const dockerfile = text("deploy/Dockerfile");
if (!dockerfile.includes(`postgresql-client-${major}`)) {
  complaints.push(`deploy/Dockerfile: pg_dump of another version than the database's, ${major}, refuses to copy it`);
}
if (!/^ARG CABINET_COMMIT/m.test(dockerfile)) {
  complaints.push("deploy/Dockerfile: the binary would not know its commit");
}

for (const complaint of complaints) {
  console.error(complaint);
}
process.exit(complaints.length > 0 ? 1 : 0);
