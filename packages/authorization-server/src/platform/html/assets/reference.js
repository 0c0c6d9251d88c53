// Starts the API's reference. What is tried out there goes with the reader's session, and so with the form token of this page:
// to this server only, and never beside a bearer token.
;(() => {
  const place = document.getElementById('reference')
  const start = globalThis.SwaggerUIBundle
  if (place === null || start === undefined) return
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const dress = () => document.documentElement.classList.toggle('dark-mode', dark.matches)
  dark.addEventListener('change', dress)
  dress()
  // The page has a heading and a main part of its own, and there is one server.
  const inPage = ({ React }) => ({
    components: {
      InPage({ getComponent, specSelectors }) {
        const part = (name, isContainer) => React.createElement(getComponent(name, isContainer))
        const isThere = specSelectors.loadingStatus() === 'success'
        const parts = isThere
          ? [part('AuthorizeBtnContainer', true), part('FilterContainer', true), part('operations', true)]
          : []
        return React.createElement(
          'div',
          { className: 'swagger-ui' },
          part('SvgAssets'),
          part('errors', true),
          ...parts,
        )
      },
    },
  })
  start({
    domNode: place,
    url: place.dataset.description,
    docExpansion: 'none',
    filter: true,
    validatorUrl: null,
    // Its colours are too faint to be read by everybody.
    syntaxHighlight: false,
    plugins: [inPage],
    layout: 'InPage',
    requestInterceptor(request) {
      const isOurs = new URL(request.url, location.href).origin === location.origin
      const isBearer = Object.keys(request.headers).some((name) => name.toLowerCase() === 'authorization')
      if (isOurs && !isBearer && request.method !== 'GET') request.headers['X-CSRF-Token'] = place.dataset.token
      return request
    },
  })
})()
