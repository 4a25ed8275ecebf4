declare module 'virtual:theme.css';
declare module '@fontsource-variable/ibm-plex-sans';
