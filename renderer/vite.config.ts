/**
 * Builds the window into `out/renderer`. The theme's variables become a CSS file here, because the
 * content policy of every door forbids the inline style element that Mantine would write.
 */
import {
  convertCssVariables,
  DEFAULT_THEME,
  defaultCssVariablesResolver,
  mergeMantineTheme,
} from '@mantine/core';
import { defineConfig, type Plugin } from 'vite';
import { resolveVariables, theme } from './theme.ts';

const themeModule = 'virtual:theme.css';

function themeAsCss(): Plugin {
  return {
    name: 'portcullis-theme',
    resolveId: (id) => (id === themeModule ? `\0${themeModule}` : undefined),
    load(id) {
      if (id !== `\0${themeModule}`) return undefined;
      const merged = mergeMantineTheme(DEFAULT_THEME, theme);
      const defaults = convertCssVariables(defaultCssVariablesResolver(merged));
      return `${defaults}\n${convertCssVariables(resolveVariables(merged))}`;
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [themeAsCss()],
  build: {
    outDir: '../out/renderer',
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: { polyfill: false },
    /** A data: font or image would need a wider policy. */
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    /** Loaded from this computer: one file is read faster than many. */
    chunkSizeWarningLimit: 1000,
    rolldownOptions: { checks: { moduleLevelDirective: false } },
  },
});
