# The project's commands by name; each is one call.

# list the commands
default:
    @just --list

# build client and server, serve the demo on http://127.0.0.1:8080
run *options:
    cargo xtask run {{options}}

# run every check; `just test --only rust` runs some
test *options:
    cargo xtask test {{options}}

# build the web client into target/web
web *options:
    cargo xtask web {{options}}

# run a command beside a throw-away PostgreSQL: just postgres cargo test -p cabinet-store
postgres *command:
    cargo xtask postgres -- {{command}}

# measure the daily run and the reads beside bare floors
bench *options:
    cargo xtask bench -- {{options}}

# write openapi/cabinet.json anew
openapi:
    cargo xtask openapi

# write a lived book of this state of the schema for later ones to open: once a release
books *options:
    cargo xtask books {{options}}

# run the day in the demo's database
day *date:
    cargo xtask day {{date}}

# any command of the binary on the demo's database: just demo subscriber show 0000
demo *command:
    cargo xtask demo {{command}}

# check the demo's whole book
audit:
    cargo xtask demo audit

# format all code
format:
    cargo fmt --all
