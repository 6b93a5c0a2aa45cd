"""Images: look up, import from a URL, rename, delete."""

from types import SimpleNamespace

import ntnx_vmm_py_client as vmm
import pytest

from harness import preset
from harness.bodies import etag
from harness.tasks import affected, succeeded


@pytest.fixture(scope="module")
def images(clients):
    return clients.api("vmm", "ImagesApi")


@pytest.fixture(scope="module")
def made():
    return SimpleNamespace()


def test_list_images(images):
    answer = images.list_images()
    assert preset.IMAGE[0] in [image.name for image in answer.data]
    assert answer.metadata.total_available_results == len(answer.data)


def test_find_an_image_by_name(images):
    answer = images.list_images(_filter=f"name eq '{preset.IMAGE[0]}'")
    assert [image.ext_id for image in answer.data] == [preset.IMAGE[1]]


def test_list_iso_images(images):
    answer = images.list_images(_filter="type eq Vmm.Content.ImageType'ISO_IMAGE'")
    assert [image.name for image in answer.data] == [preset.ISO[0]]


def test_find_images_of_one_name(images):
    answer = images.list_images(_filter="name eq 'golden-image'", _orderby="sizeBytes desc")
    assert [image.size_bytes for image in answer.data] == [4 * preset.GIB, 3 * preset.GIB]


def test_get_an_image(images):
    answer = images.get_image_by_id(preset.IMAGE[1])
    assert (answer.data.name, answer.data.type) == (preset.IMAGE[0], "DISK_IMAGE")
    assert answer.data.size_bytes == preset.IMAGE_BYTES
    assert preset.CLUSTER[1] in answer.data.cluster_location_ext_ids
    assert etag(answer)


def test_get_an_unknown_image(images):
    assert images.refused("get_image_by_id", preset.UNKNOWN).status == 404


def test_create_an_image(images, tasks, made):
    body = vmm.Image(
        name="made-by-sdk",
        type=vmm.ImageType.DISK_IMAGE,
        source=vmm.UrlSource(url="http://192.0.2.1/noble.img"),
        cluster_location_ext_ids=[preset.CLUSTER[1]],
    )
    task = succeeded(tasks, images.create_image(body))
    made.image = affected(task, "vmm:content:image")
    assert images.get_image_by_id(made.image).data.name == "made-by-sdk"


def test_update_an_image(images, tasks, made):
    image = images.get_image_by_id(made.image).data
    image.name = "renamed-by-sdk"
    succeeded(tasks, images.update_image_by_id(made.image, image))
    assert images.get_image_by_id(made.image).data.name == "renamed-by-sdk"


def test_delete_an_image(images, tasks, made):
    tag = etag(images.get_image_by_id(made.image))
    succeeded(tasks, images.delete_image_by_id(made.image, if_match=tag))
    assert images.refused("get_image_by_id", made.image).status == 404
