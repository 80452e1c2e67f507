export * from './envoyVersionsAdmittedBy';
