import TableCell from '@material-ui/core/TableCell';
import TableRow from '@material-ui/core/TableRow';
import Skeleton from '@material-ui/lab/Skeleton';

/** Stands where the rows of a table will be. */
export function SkeletonRows(props: { columns: number; rows?: number }) {
  const { columns, rows = 8 } = props;
  return (
    <>
      {Array.from({ length: rows }, (_, row) => (
        <TableRow key={row} aria-hidden>
          <TableCell colSpan={columns}>
            <Skeleton height={24} width={`${95 - ((row * 17) % 40)}%`} />
          </TableCell>
        </TableRow>
      ))}
    </>
  );
}
