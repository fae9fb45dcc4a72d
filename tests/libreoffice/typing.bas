' Opens a workbook, types into cells as a person would, and saves it as .xlsx. Run by tests/it/forms/office.rs.
' TYPED_FROM, TYPED_INTO: the workbooks. TYPED_CELLS: lines of sheet, cell and text, separated by tabs; a pilcrow in a
' text is a line break.
Sub TypeIn
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden" : hidden(0).Value = True
  document = StarDesktop.loadComponentFromURL(ConvertToURL(Environ("TYPED_FROM")), "_blank", 0, hidden())
  store = CreateUnoService("com.sun.star.ucb.SimpleFileAccess")
  lines = CreateUnoService("com.sun.star.io.TextInputStream")
  lines.setInputStream(store.openFileRead(ConvertToURL(Environ("TYPED_CELLS"))))
  lines.setEncoding("UTF-8")
  Do While Not lines.isEOF()
    parts = Split(lines.readLine(), Chr(9))
    If UBound(parts) = 2 Then
      cell = document.Sheets.getByName(parts(0)).getCellRangeByName(parts(1))
      cell.FormulaLocal = Join(Split(parts(2), Chr(182)), Chr(10))
    End If
  Loop
  lines.closeInput()
  Dim saved(0) As New com.sun.star.beans.PropertyValue
  saved(0).Name = "FilterName" : saved(0).Value = "Calc MS Excel 2007 XML"
  document.storeAsURL(ConvertToURL(Environ("TYPED_INTO")), saved())
  document.close(True)
End Sub
