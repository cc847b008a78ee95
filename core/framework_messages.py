"""Sentences of our libraries that people can see and that have no Uzbek translation there,
or a poor one.

Django, Django REST Framework and django-filter say them; listing them here puts them into
`locale/`, whose translations come before the libraries' own.
"""

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy

SEEN_BY_CLIENTS = (
    _("This field is required."),
    _("This field may not be null."),
    _("This field may not be blank."),
    _("Must be a valid boolean."),
    _("Not a valid string."),
    _("Must be a valid UUID."),
    _("Ensure this field has no more than {max_length} characters."),
    _("Ensure this field has at least {min_length} characters."),
    _("This value does not match the required pattern."),
    _("A valid integer is required."),
    _("A valid number is required."),
    _("Ensure this value is less than or equal to {max_value}."),
    _("Ensure this value is greater than or equal to {min_value}."),
    _("A valid biginteger is required."),
    _("String value too large."),
    _("Ensure that there are no more than {max_digits} digits in total."),
    _("Ensure that there are no more than {max_decimal_places} decimal places."),
    _("Ensure that there are no more than {max_whole_digits} digits before the decimal point."),
    _("Datetime has wrong format. Use one of these formats instead: {format}."),
    _("Expected a datetime but got a date."),
    _("Datetime value out of range."),
    _('Invalid datetime for the timezone "{timezone}".'),
    _("Date has wrong format. Use one of these formats instead: {format}."),
    _("Expected a date but got a datetime."),
    _('"{input}" is not a valid choice.'),
    _('Expected a list of items but got type "{input_type}".'),
    _('Expected a dictionary of items but got type "{input_type}".'),
    _("This selection may not be empty."),
    _("This list may not be empty."),
    _("This dictionary may not be empty."),
    _("Ensure this field has at least {min_length} elements."),
    _("Ensure this field has no more than {max_length} elements."),
    _("No file was submitted."),
    _("The submitted data was not a file. Check the encoding type on the form."),
    _("No filename could be determined."),
    _("The submitted file is empty."),
    _("Ensure this filename has at most {max_length} characters (it has {length})."),
    _("Value must be valid JSON."),
    _("Invalid data. Expected a dictionary, but got {datatype}."),
    _("This field must be unique."),
    _("The fields {field_names} must make a unique set."),
    _("Null characters are not allowed."),
    _("Surrogate characters are not allowed: U+{code_point:X}."),
    _("Invalid input."),
    _("Malformed request."),
    _("Incorrect authentication credentials."),
    _("Authentication credentials were not provided."),
    _("You do not have permission to perform this action."),
    _("Not found."),
    _('Method "{method}" not allowed.'),
    _("Could not satisfy the request Accept header."),
    _('Unsupported media type "{media_type}" in request.'),
    _("Request was throttled."),
    _("Enter a valid date."),
    _("Enter a number."),
    _("Enter a whole number."),
    _("Select a valid choice. %(value)s is not one of the available choices."),
)

# On the pages through which staff enter the admin, leave it and change their own password.
SEEN_BY_STAFF = (
    _("Skip to main content"),
    _("Toggle theme (current theme: auto)"),
    _("Toggle theme (current theme: light)"),
    _("Toggle theme (current theme: dark)"),
    _("Breadcrumbs"),
    _("Home"),
    _("Error:"),
    _("Log in again"),
    _("Logged out"),
    _("Thanks for spending some quality time with the web site today."),
    _("Password change"),
    _("Old password"),
    _("Change my password"),
    _(
        "Please enter your old password, for security’s sake, and then enter your new "
        "password twice so we can verify you typed it in correctly."
    ),
    _("Your password was changed."),
    _("Password change successful"),
    ngettext_lazy("Please correct the error below.", "Please correct the errors below.", 2),
)
