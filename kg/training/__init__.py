"""What ``kg train`` runs (extra ``[train]``: torch). Never imported at run time."""
