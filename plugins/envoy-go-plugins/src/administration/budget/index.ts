export { BudgetContent } from './BudgetContent';
