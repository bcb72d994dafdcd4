# syntax=docker/dockerfile:1
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Node and Postgres from npm are for machines without this image
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build

FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:24-slim
WORKDIR /app
ENV NODE_ENV=production PORT=3000 BODY_SIZE_LIMIT=1100M SHUTDOWN_TIMEOUT=10
COPY package.json ./
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/build build
COPY drizzle drizzle
# a program of its own, for trying things without a provider: node src/sandbox/main.ts
COPY src/sandbox src/sandbox
# the samples that people can import
COPY examples examples
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=40s --retries=3 \
	CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/livez`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Directly, without npm: the server gets the signals itself
CMD ["node", "--max-semi-space-size=8", "build"]
