# Three images from one file: the authorization server (the last one, built without a target), and two programs that use it.
#   docker build -t latchkey .
#   docker build -t latchkey-site --target site .
# They run as a user without rights, on a root that may be read-only, and write to /data only. No secret is in them.

ARG NODE=26-slim
FROM node:${NODE} AS base
WORKDIR /app
ENV NODE_ENV=production
COPY package.json package-lock.json .npmrc ./
COPY packages/protocol/package.json packages/protocol/package.json
COPY packages/authorization-server/package.json packages/authorization-server/package.json
COPY packages/resource-server/package.json packages/resource-server/package.json
COPY packages/client/package.json packages/client/package.json
COPY examples/items/package.json examples/items/package.json
COPY examples/site/package.json examples/site/package.json
COPY examples/snippets/package.json examples/snippets/package.json
COPY examples/unicorns/package.json examples/unicorns/package.json
COPY LICENSE NOTICE ./
COPY deploy/health.js deploy/health.js
RUN mkdir /data && chown node:node /data && chmod 700 /data

FROM base AS site
RUN npm ci --omit=dev --omit=optional --ignore-scripts --workspace=latchkey-example-site && npm cache clean --force
COPY packages/protocol packages/protocol
COPY packages/client packages/client
COPY examples/site examples/site
WORKDIR /app/examples/site
ENV HOST=0.0.0.0 PORT=9988 DATA_DIR=/data
USER node
VOLUME /data
EXPOSE 9988
HEALTHCHECK --interval=5s --timeout=5s --start-period=30s CMD ["node", "/app/deploy/health.js", "/accounts/profile"]
ENTRYPOINT ["node", "server.ts"]

FROM base AS items
RUN npm ci --omit=dev --omit=optional --ignore-scripts --workspace=latchkey-example-items && npm cache clean --force
COPY packages/protocol packages/protocol
COPY packages/client packages/client
COPY packages/resource-server packages/resource-server
COPY examples/items examples/items
WORKDIR /app/examples/items
ENV HOST=0.0.0.0 PORT=8001 DATA_DIR=/data
USER node
VOLUME /data
EXPOSE 8001
HEALTHCHECK --interval=5s --timeout=5s --start-period=30s CMD ["node", "/app/deploy/health.js", "/"]
ENTRYPOINT ["node", "server.ts"]

FROM base AS server
RUN npm ci --omit=dev --omit=optional --ignore-scripts --workspace=latchkey && npm cache clean --force
COPY packages/protocol packages/protocol
COPY packages/authorization-server packages/authorization-server
RUN ln -s /app/packages/authorization-server/bin/latchkey.js /usr/local/bin/latchkey
ENV LATCHKEY_HOST=0.0.0.0 LATCHKEY_PORT=8000 LATCHKEY_DATA_DIR=/data
USER node
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=5s --timeout=5s --start-period=30s CMD ["node", "/app/deploy/health.js"]
ENTRYPOINT ["node", "/app/packages/authorization-server/bin/latchkey.js"]
CMD ["serve"]
